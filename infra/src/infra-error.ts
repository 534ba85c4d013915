/** An error with a message for the user of the program. */

import pulumi from '@pulumi/pulumi';

export type InfraErrorCode =
  /** The account id is empty, or is not 32 hexadecimal digits. */
  | 'account-invalid'
  /** A bucket name that R2 refuses. */
  | 'bucket-name-invalid'
  /** A location hint that R2 does not know. */
  | 'location-invalid'
  /** The account offers no permission group of the name that the publisher's token needs. */
  | 'permission-group-missing';

/** A RunError, so that the Pulumi command prints the message alone, without a stack trace. */
export class InfraError extends pulumi.RunError {
  override readonly name = 'InfraError';
  readonly code: InfraErrorCode;

  constructor(code: InfraErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
