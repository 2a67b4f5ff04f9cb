// For tools that know no exports (Parcel): the name is the file.
export * from "./entry/inline.js";
