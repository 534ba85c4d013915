/** Keys for tests, as `glimpse keys create` makes and stores them. */
import { identifyKey, type KeyRecord, keyObject, keyRecordSchema } from '@glimpse/shared/access/key-record';
import { createKeyText } from '@glimpse/shared/access/key-text';

export interface TestKey {
  readonly text: string;
  readonly record: KeyRecord;
  readonly object: string;
}

export async function testKey(change: Partial<KeyRecord> = {}): Promise<TestKey> {
  const kind = change.kind ?? 'secret';
  const text = createKeyText(kind);
  const record = keyRecordSchema.parse({
    ...(await identifyKey(text)),
    kind,
    name: 'test',
    scopes: kind === 'secret' ? ['classify', 'feedback', 'read'] : ['classify', 'feedback'],
    origins: kind === 'secret' ? [] : ['https://page.example'],
    created: '2026-11-25T03:12:00.000Z',
    ...change,
  });
  return { text, record, object: keyObject(record.id) };
}
