/** Where an S3 bucket is, and who reads it. */
export interface S3Settings {
  /** Without a bucket: `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Where the bucket's name comes from, for messages; `S3_BUCKET` where nothing else is said. */
  readonly bucketVariable?: string;
  /** Folder in the bucket under which `models/` lies; empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}
