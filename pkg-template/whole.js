// For tools that know no exports (Parcel): the name is the file.
export * from "./entry/whole.js";
