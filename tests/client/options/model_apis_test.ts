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
