// For tools that know no exports (Parcel): the name is the file.
import "./entry/whole.js";

export {};
