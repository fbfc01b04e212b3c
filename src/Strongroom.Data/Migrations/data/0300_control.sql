-- Rows that decide rights: people, posts, clients, policies, channels, forms, notices, authorisations, approvals. "content" is JSON
-- exactly as it was authenticated; "mac" binds kind, id, version, changed and content. Who edits a row here makes it count as absent.
CREATE TABLE control_row (
  kind    {text}   NOT NULL,
  id      {blob}   NOT NULL,
  version {bigint} NOT NULL,
  content {text}   NOT NULL,
  changed {bigint} NOT NULL,
  mac     {blob}   NOT NULL,
  PRIMARY KEY (kind, id)
) {strict};

-- Earlier versions, as they were.
CREATE TABLE control_row_old (
  kind    {text}   NOT NULL,
  id      {blob}   NOT NULL,
  version {bigint} NOT NULL,
  content {text}   NOT NULL,
  changed {bigint} NOT NULL,
  mac     {blob}   NOT NULL,
  PRIMARY KEY (kind, id, version)
) {strict};
