/** Code to copy: calls of the API in several languages, and the HTML that embeds the widget. */

export interface Snippet {
  readonly name: string;
  readonly text: string;
}

/** @param endpoint URL without a trailing slash */
export function apiSnippets(endpoint: string): Snippet[] {
  const url = `${endpoint}/v1/classify`;
  return [
    { name: 'curl', text: `curl --data-binary @cat.png '${url}?top_k=3'` },
    {
      name: 'JavaScript',
      text: `const file = document.querySelector('input[type=file]').files[0];
const response = await fetch('${url}?top_k=3', { method: 'POST', body: file });
const answer = await response.json();
if (!response.ok) throw new Error(answer.detail);
console.log(answer.predictions[0].label, answer.predictions[0].score);`,
    },
    {
      name: 'Kotlin',
      text: `// implementation("com.squareup.okhttp3:okhttp:5.3.2")
import java.io.File
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.asRequestBody

fun main() {
    val request = Request.Builder()
        .url("${url}?top_k=3")
        .post(File("cat.png").asRequestBody())
        .build()
    OkHttpClient().newCall(request).execute().use { response ->
        val answer = response.body.string()
        check(response.isSuccessful) { answer }
        println(answer)
    }
}`,
    },
    {
      name: 'Swift',
      text: `import Foundation

struct Answer: Decodable {
    struct Prediction: Decodable { let label: String; let score: Double }
    let predictions: [Prediction]
}

var request = URLRequest(url: URL(string: "${url}?top_k=3")!)
request.httpMethod = "POST"
let image = URL(fileURLWithPath: "cat.png")
let (data, response) = try await URLSession.shared.upload(for: request, fromFile: image)
guard (response as? HTTPURLResponse)?.statusCode == 200 else {
    fatalError(String(decoding: data, as: UTF8.self))
}
let best = try JSONDecoder().decode(Answer.self, from: data).predictions[0]
print(best.label, best.score)`,
    },
    {
      name: 'Python',
      text: `import json, urllib.error, urllib.request

with open("cat.png", "rb") as image:
    request = urllib.request.Request(
        "${url}?top_k=3", data=image.read(), headers={"Content-Type": "image/png"}
    )
try:
    with urllib.request.urlopen(request) as response:
        best = json.load(response)["predictions"][0]
except urllib.error.HTTPError as error:
    raise SystemExit(json.load(error)["detail"])
print(best["label"], best["score"])`,
    },
  ];
}

/** Attribute → value; true for an attribute without a value. Empty and false attributes are omitted. */
export type Attributes = Readonly<Record<string, string | boolean>>;

export interface WidgetModule {
  readonly path: string;
  readonly integrity: string;
}

/** The two lines. The widget calls the host of its script, so the tag needs no `endpoint`. */
export function scriptSnippet(endpoint: string, widget: WidgetModule, attributes: Attributes): string {
  return `<script type="module" src="${endpoint}/${widget.path}" integrity="${widget.integrity}"></script>
<glimpse-classify${attributesText(attributes)}></glimpse-classify>`;
}

export function frameSnippet(endpoint: string, attributes: Attributes, title: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of present(attributes)) query.set(name, value === true ? '' : String(value));
  const allow = attributes.capture ? ' allow="camera"' : '';
  const src = `${endpoint}/embed/frame${query.size > 0 ? `?${query}` : ''}`;
  return `<iframe src="${escapeAttribute(src)}" title="${escapeAttribute(title)}" width="480" height="560"${allow}></iframe>`;
}

function attributesText(attributes: Attributes): string {
  return present(attributes)
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escapeAttribute(String(value))}"`))
    .join('');
}

function present(attributes: Attributes): [string, string | boolean][] {
  return Object.entries(attributes).filter(([, value]) => value !== '' && value !== false);
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
