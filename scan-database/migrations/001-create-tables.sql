-- The role of functions and workers: it changes rows and no tables. Roles belong to the whole server, so another database may have
-- made it already.
DO $$
BEGIN
  CREATE ROLE scanner_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;
-- For SET ROLE.
GRANT scanner_app TO CURRENT_USER;

CREATE TABLE jobs (
  job_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  job_name varchar(255) NOT NULL,
  s3_bucket varchar(255) NOT NULL,
  s3_prefix varchar(1024),
  status varchar(20) NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
  error_message text,
  total_objects bigint NOT NULL DEFAULT 0,
  completed_objects bigint NOT NULL DEFAULT 0,
  failed_objects bigint NOT NULL DEFAULT 0,
  skipped_objects bigint NOT NULL DEFAULT 0,
  total_findings bigint NOT NULL DEFAULT 0,
  -- Listing goes on after this key. The attempt is a fence: only the newest lister may write.
  listing_complete boolean NOT NULL DEFAULT false,
  listed_until varchar(1024),
  listing_attempt integer NOT NULL DEFAULT 0,
  listing_lease_until timestamptz,
  -- SHA-256 of caller and Idempotency-Key (or body), and of the body.
  idempotency_key varchar(64) UNIQUE,
  request_hash varchar(64),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz
)
-- The counters change with every object; with room on its page and no index on them, a new version of a row is cheap.
WITH (fillfactor = 50);
CREATE INDEX jobs_active ON jobs (created_at) WHERE status IN ('pending', 'running');
CREATE INDEX jobs_not_completed ON jobs (created_at) WHERE status IN ('failed', 'cancelled');

CREATE TABLE job_objects (
  object_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
  s3_key varchar(1024) NOT NULL,
  s3_etag text,
  s3_version_id text,
  file_size_bytes bigint,
  status varchar(20) NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'scanning', 'completed', 'failed', 'skipped')),
  findings_count bigint NOT NULL DEFAULT 0,
  truncated boolean NOT NULL DEFAULT false,
  error_message text,
  skip_reason text,
  -- Scans that have begun and were not given back.
  attempts integer NOT NULL DEFAULT 0,
  -- A fence: only the newest claim may write.
  attempt bigint NOT NULL DEFAULT 0,
  claimed_by text,
  lease_until timestamptz,
  detector_version text,
  -- When its message was sent last; null: not yet, or to be sent again.
  enqueued_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  scanned_at timestamptz,
  UNIQUE (job_id, s3_key)
);
CREATE INDEX job_objects_pending ON job_objects (job_id, enqueued_at NULLS FIRST, object_id) WHERE status = 'pending';
CREATE INDEX job_objects_scanning ON job_objects (job_id, lease_until) WHERE status = 'scanning';

CREATE TABLE findings (
  finding_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  object_id bigint NOT NULL REFERENCES job_objects ON DELETE CASCADE,
  job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
  finding_type varchar(50) NOT NULL
    CHECK (finding_type IN ('ssn', 'credit_card', 'aws_access_key', 'aws_secret_key', 'email', 'phone_us', 'phone_intl')),
  value_hash varchar(64) NOT NULL,
  -- The path inside an archive.
  entry text,
  line_number integer,
  column_start integer,
  column_end integer,
  byte_offset bigint,
  context text,
  confidence varchar(20) NOT NULL CHECK (confidence IN ('low', 'medium', 'high')),
  note text,
  account_id text,
  s3_etag text,
  s3_version_id text,
  detector_version text NOT NULL,
  detected_at timestamptz NOT NULL DEFAULT now()
);
-- A path is hashed because an index row has at most 2,704 bytes.
CREATE UNIQUE INDEX findings_unique ON findings
  (object_id, finding_type, line_number, column_start, byte_offset, value_hash, md5(entry)) NULLS NOT DISTINCT;
CREATE INDEX findings_of_job ON findings (job_id, finding_type, finding_id);
CREATE INDEX findings_of_type ON findings (finding_type, finding_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON jobs, job_objects, findings TO scanner_app;
GRANT SELECT ON schema_migrations TO scanner_app;
