/** A variable or binding of the Worker is not what it should be. The message is for whoever deploys it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration-invalid';
}
