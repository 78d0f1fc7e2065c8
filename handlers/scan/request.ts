import * as v from "valibot";

const text = v.pipe(v.string(), v.nonEmpty("expected a text that is not empty"));

const bucketName = v.pipe(
  text,
  v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "expected the name of an S3 bucket"),
);

const fitsKey = (prefix: string): boolean => Buffer.byteLength(prefix) <= 1024;

/** The body of `POST /scan`. A misspelled field is refused: without its prefix a request would scan the whole bucket. */
export const scanRequest = v.strictObject({
  job_name: v.pipe(text, v.maxLength(255, "expected at most 255 characters")),
  s3_bucket: bucketName,
  s3_prefix: v.nullish(
    v.pipe(
      v.string(),
      v.maxLength(1024, "expected at most 1024 bytes"),
      v.check(fitsKey, "expected at most 1024 bytes"),
    ),
  ),
});

export const exampleRequest = '{"job_name":"nightly","s3_bucket":"data","s3_prefix":"in/"}';
