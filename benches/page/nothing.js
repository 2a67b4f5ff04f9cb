/** No client at all: what the loading of any module costs a page, below which nobody gets. */
export const chat = async (params, { fetch }) => fetch();
