/** What parsing a crafted body of the maximum size costs: CPU time, and memory beside the body. Run with --expose-gc. */
import { limitsSchema } from '@glimpse/shared/api/limits';
import { ByteBudget } from '../../edge/src/body/byte-budget.ts';
import { openBody } from '../../edge/src/body/open-body.ts';

const { MAX_BODY_BYTES: size, BODY_BUDGET_BYTES } = limitsSchema.parse({});
const fill = (unit: string, before = '', after = '') => {
  const rest = size - Buffer.byteLength(before) - Buffer.byteLength(after);
  return before + unit.repeat(Math.floor(rest / Buffer.byteLength(unit))) + after;
};
const json = 'application/json';
const form = 'multipart/form-data; boundary=xxxxxxxxxxxxxxxxxxxx';
const part = '--xxxxxxxxxxxxxxxxxxxx\r\nContent-Disposition: form-data; name=image; filename=a\r\n\r\n';

const bodies: Record<string, [type: string, body: string]> = {
  'JSON, image': [json, fill('AAAA', '{"image":"', '"}')],
  'JSON, image and a character outside Latin-1': [json, fill('AAAA', '{"image":"', '","🐱":1}')],
  'JSON, image of escapes': [json, fill('\\u0041', '{"image":"', '"}')],
  'JSON, image of escaped quotes': [json, fill('\\"', '{"image":"', '"}')],
  'JSON, white space': [json, fill(' ', '{"image":"AAAA"', '}')],
  'JSON, short runs of white space': [json, fill(`${' '.repeat(1000)}"a"`, '{"image":"AAAA"', '}')],
  'JSON, empty strings': [json, fill('""')],
  'JSON, digits': [json, fill('1', '{"top_k":', '}')],
  'JSON, strings outside of Latin-1': [json, fill(`"${'é'.repeat(8000)}",`, '[', '""]')],
  'JSON, brackets': [json, fill('[')],
  'form, image': [form, fill('A', part, '\r\n--xxxxxxxxxxxxxxxxxxxx--')],
  'form, line breaks': [form, fill('\r', part)],
  'form, almost boundaries': [form, fill('\r\n--xxxxxxxxxxxxxxxxxxx', part)],
  'form, the letter of the boundary': [form, fill('x', part)],
  'form, parts': [form, fill(`${part}\r\n`)],
};

console.log('| body of 25 MiB | CPU | memory | outcome |\n|---|---|---|---|');
for (const [name, [type, text]] of Object.entries(bodies)) {
  const bytes = Uint8Array.from(Buffer.from(text));
  globalThis.gc?.();
  const before = process.memoryUsage();
  const cpu = process.cpuUsage();
  const share = new ByteBudget(BODY_BUDGET_BYTES, size).reserve();
  share.take(bytes.length);
  const hold = (more: number) => {
    if (!share.take(more)) throw Object.assign(new Error(), { code: 'refused by the byte budget' });
  };
  let outcome = 'opened';
  try {
    const opened = openBody({ bytes, hold }, type);
    if ('open' in opened) opened.open();
  } catch (error) {
    outcome = (error as { code?: string }).code ?? String(error);
  }
  const { user, system } = process.cpuUsage(cpu);
  const after = process.memoryUsage();
  const grown = Math.max(0, after.heapUsed + after.external - before.heapUsed - before.external);
  console.log(`| ${name} | ${Math.round((user + system) / 1000)} ms | ${(grown / 1e6).toFixed(0)} MB | ${outcome} |`);
}
