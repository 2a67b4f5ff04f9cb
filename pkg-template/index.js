// The public surface, and nothing else. What a caller does not import is not shipped with them.
export { chat, createClient } from "./client/client.js";
export { init } from "./call/load.js";
export { version } from "./version.js";
export { toChatMessages, toResponsesInput } from "./responses/convert.js";
export { filePart, imagePart } from "./chat/parts.js";
export {
  APIConnectionError,
  APIError,
  APITimeoutError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  ConfigError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  StreamError,
  TokenwireError,
  UnprocessableEntityError,
  ValidationError,
} from "./call/errors.js";
