/** The client's types match the schemas that the endpoint validates with. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { BatchAnswer } from '@glimpse/shared/api/batch';
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { ModelDescription as Described, ModelList as Listed } from '@glimpse/shared/api/models';
import { type ProblemDocument as Document, Problem, problemDocument } from '@glimpse/shared/api/problems';
import type { Classification, ModelDescription, ModelList, ProblemDocument } from './answers.ts';

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;
/** Compiles if the endpoint's type is assignable to ours and has no member that ours lacks. */
type Covers<Ours, Theirs extends Ours> = [keyof Theirs] extends [keyof Ours] ? Theirs : never;

type Checked = [
  Covers<Classification, Frozen<ClassifyAnswer>>,
  Covers<ModelList, Frozen<Listed>>,
  Covers<ModelDescription, Frozen<Described>>,
  Covers<ProblemDocument, Frozen<Document>>,
  Covers<Classification, Frozen<NonNullable<BatchAnswer['results'][number]['answer']>>>,
];

test('the endpoint’s problem document has the client’s type', () => {
  const problem: Checked[3] = problemDocument(new Problem('busy', 'Wait.'));
  const ours: ProblemDocument = problem;
  assert.equal(ours.code, 'busy');
});
