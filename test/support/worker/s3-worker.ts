/** The Worker with an S3 server as its store, in which a test can inject failures. */
import { startS3 } from './s3-server.ts';
import { startWorker } from './worker.ts';

/** @param vars override the variables that name the server; closing the Worker closes both */
export async function startWorkerOnS3(vars: Record<string, string> = {}) {
  const s3 = await startS3('bucket');
  const worker = await startWorker({
    S3_ENDPOINT: s3.endpoint,
    S3_BUCKET: 'bucket',
    S3_ACCESS_KEY_ID: 'key',
    S3_SECRET_ACCESS_KEY: 'secret',
    ...vars,
  });
  const close = async () => {
    await worker.close();
    s3.close();
  };
  return { s3, worker: { ...worker, close } };
}
