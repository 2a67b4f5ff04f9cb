/** The calls of a process that are measured together. */
const window = (first, last) => ({ name: first === last ? `call ${first}` : `calls ${first} to ${last}`, first, last });

export const WINDOWS = [window(1, 1), window(2, 10), window(50, 100), window(250, 300)];
