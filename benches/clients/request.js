/** What every client is asked for. */
export const BASE = "https://api.example.com/v1";
export const messages = [{ role: "user", content: "Say something long." }];
export const params = { model: "m", messages, stream: true };

export const textOf = (chunk) => chunk.choices[0]?.delta?.content ?? "";

/** What everybody who does it by hand sends. */
export const request = () => ({
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer key" },
  body: JSON.stringify(params),
});
