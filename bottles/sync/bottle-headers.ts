import type { SizedBottle } from "../bottle";
import type { ObjectHeaders } from "../mirror-bucket";
import { fileNameOf } from "../names";

/** What S3 says about a bottle: its type, and the name under which a browser or `curl --remote-header-name` saves it. */
export const bottleHeaders = (bottle: SizedBottle): ObjectHeaders => ({
  "content-type": "application/gzip",
  "content-disposition": `attachment; filename="${fileNameOf(bottle)}"`,
});
