/** The tables of options in documents. */
import { assertEquals } from "@std/assert";
import { optionReference } from "../../src/options/reference.ts";
import { sampleOptions } from "./_sample.ts";

Deno.test("optionReference() writes a Markdown table a group", () => {
  const { connections, keepalive, client, report, tag } = sampleOptions;
  assertEquals(
    optionReference({ report, tag, connections, keepalive, client }),
    `### Load

| Option | Meaning | Default |
| --- | --- | --- |
| \`-c\`, \`--connections N\` | Connections | 10 |

### Connection

| Option | Meaning | Default |
| --- | --- | --- |
| \`-k\`, \`--keepalive\`, \`--no-keepalive\` | Keep alive | on |
| \`--client raw\\|fetch\` | Client | raw |

### Output

| Option | Meaning | Default |
| --- | --- | --- |
| \`-r\`, \`--report[=FILE]\` | A \\| report |  |
| \`--tag KEY=VALUE\`, \`--label\` (repeatable) | Label |  |
`,
  );
});
