/**
 * A page for browsers, so that a recording of the target has what recordings have: a style sheet, an image, requests of
 * scripts, a login, forms.
 *
 * @module
 */

/** The page. Its script sends one request after the other, and says in the title when it has finished. */
export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Loading</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<h1>bench serve</h1>
<form method="post" action="/echo?form=plain" id="plain">
  <input name="name" value="Zoë &amp; co">
  <textarea name="note">two
lines</textarea>
  <button>Send</button>
</form>
<form method="post" action="/echo?form=parts" enctype="multipart/form-data" id="parts">
  <input name="name" value="part">
  <button>Send parts</button>
</form>
<script>
addEventListener("load", async () => {
  const image = new Image();
  image.src = "/image.svg";
  await image.decode();
  const json = { "Content-Type": "application/json" };
  const login = await fetch("/login", { method: "POST", headers: json, body: '{"user": "ann",  "n": 1.0}' });
  const { token } = await login.json();
  await (await fetch("/private", { headers: { Authorization: "Bearer " + token } })).text();
  await (await fetch("/echo?n=123", { method: "PUT", body: "123" })).text();
  await (await fetch("/status/204", { method: "DELETE" })).text();
  document.title = "Ready";
});
</script>
</html>
`;

/** What the page looks like. */
export const STYLE = "body { font-family: sans-serif; margin: 2rem }\n";

/** What it shows. */
export const IMAGE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>\n';
