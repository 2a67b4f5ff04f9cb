/** What a caller may know of the HTTP response, from the core's JSON and the Headers that it kept. */
export function responseMeta(json, headers) {
  const { status, requestId, rateLimit, attempts } = JSON.parse(json);
  return { status, requestId, headers, rateLimit, attempts };
}
