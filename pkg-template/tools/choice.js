// What the caller's tool_choice says of the steps: a tool that is named is forced, and served once; "required" holds for the first.

export function choiceOf(given) {
  const isNamed = given?.type === "function" || given?.type === "custom";
  const isOnce = given === "required" || isNamed;
  const later = given?.allowed_tools?.mode === "required" ? { ...given, allowed_tools: { ...given.allowed_tools, mode: "auto" } } : given;
  return { isForced: isNamed, at: (step) => (step === 1 ? given : isOnce ? undefined : later) };
}
