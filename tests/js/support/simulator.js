/** What the tests of the simulator share: requests to it, and what came back. */
export const url = "https://provider.example/v1/chat/completions";
export const hello = { model: "m", messages: [{ role: "user", content: "Hello there" }] };
export const request = (body, init) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), ...init });
export const post = (fetch, body = hello, init) => fetch(url, request(body, init));
export const stream = (fetch, extra, init) => post(fetch, { ...hello, stream: true, ...extra }, init);

/** The data of each event; JSON but for [DONE]. */
export const events = (text) => text.split("\n\n").filter(Boolean).map((event) => event.slice("data: ".length)).map((data) => (data === "[DONE]" ? data : JSON.parse(data)));
export const chunksOf = async (response) => events(await response.text()).filter((event) => event !== "[DONE]");
export const deltas = async (response) => (await chunksOf(response)).flatMap(({ choices }) => choices.map(({ delta }) => delta));

/** Reads until the end or the failure, read by read. */
export async function readAll(response) {
  const reader = response.body.getReader();
  const reads = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { reads, text: Buffer.concat(reads).toString() };
      reads.push(value);
    }
  } catch (failure) {
    return { reads, text: Buffer.concat(reads).toString(), failure };
  }
}
