import * as v from "valibot";

/**
 * The message of an object to scan. SQS would change some characters of a key, so it has the id alone. Written by the
 * function list-objects, read by the job scan-objects.
 */
export const scanMessage = v.object({
  object_id: v.pipe(
    v.string(),
    v.regex(/^[1-9]\d{0,15}$/, "expected the number of an object"),
    v.transform(Number),
  ),
});

export const createScanMessage = (objectId: number): string =>
  JSON.stringify({ object_id: String(objectId) } satisfies v.InferInput<typeof scanMessage>);
