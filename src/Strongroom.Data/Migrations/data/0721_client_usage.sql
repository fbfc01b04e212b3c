-- What each API client made use of, read out of the log behind its back: kind is scope, purpose or item. It says only what to ask about in
-- a review; no right follows from it. The cursor says how far each chain of the log was read.
CREATE TABLE client_usage (
  client    {blob}   NOT NULL,
  kind      {text}   NOT NULL,
  name      {text}   NOT NULL,
  last_used {bigint} NOT NULL,
  PRIMARY KEY (client, kind, name)
) {strict};
CREATE TABLE client_usage_cursor (
  chain {bigint} NOT NULL PRIMARY KEY,
  seq   {bigint} NOT NULL
) {strict};
