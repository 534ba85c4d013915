import type * as z from 'zod/mini';

/** A variable or binding of the Worker is invalid. The message is for the person who deploys it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration-invalid';
}

/** @throws {ConfigurationError} that names each invalid variable, and never a value */
export function parseVariables<Schema extends z.ZodMiniType>(schema: Schema, env: unknown): z.output<Schema> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ConfigurationError(`The Worker's variables are invalid. ${issues.join('; ')}`);
}
