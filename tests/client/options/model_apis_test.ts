/** Where the APIs of models are. */
import { assertEquals } from "@std/assert";
import { apiUrl, MODEL_APIS } from "../../../src/client/options/model_apis.ts";

Deno.test("apiUrl() completes a host or a base address, and takes any other path as it is", () => {
  const cases = [
    ["openai", "http://h/", "http://h/v1/chat/completions"],
    ["openai", "https://h/v1", "https://h/v1/chat/completions"],
    ["openai", "https://h/openai/v1/", "https://h/openai/v1/chat/completions"],
    ["openai", "https://h/chat?key=1", "https://h/chat?key=1"],
    ["openai", "https://h/v2", "https://h/v2"],
    ["anthropic", "https://h/", "https://h/v1/messages"],
    ["ollama", "http://h:11434/", "http://h:11434/api/chat"],
    ["ollama", "http://h/api", "http://h/api/chat"],
    ["ollama", "http://h/api/generate", "http://h/api/generate"],
  ] as const;
  for (const [api, given, expected] of cases) assertEquals(apiUrl(given, MODEL_APIS[api]), expected);
});

Deno.test("models that refuse max_tokens are asked with max_completion_tokens, all others are not", () => {
  const limitOf = (model: string) => {
    const body = MODEL_APIS.openai.body({ prompt: "hi", model, maxTokens: 7 });
    return Object.entries(body).flatMap(([key, value]) => value === 7 ? [key] : []);
  };
  for (
    const model of ["o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5.1-mini", "openai/o3", "gpt-10"]
  ) {
    assertEquals(limitOf(model), ["max_completion_tokens"], model);
  }
  for (const model of ["gpt-4o", "small", "llama-3", "olmo-2", "o1ive", "gpt-oss-120b", "meta/opt-5"]) {
    assertEquals(limitOf(model), ["max_tokens"], model);
  }
});
