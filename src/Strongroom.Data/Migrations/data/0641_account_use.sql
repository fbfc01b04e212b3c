-- When each person last signed in, kept longer than sessions are: what dormant accounts are found by. Instants UTC milliseconds.
CREATE TABLE account_use (
  person    {blob}   NOT NULL PRIMARY KEY,
  last_used {bigint} NOT NULL
) {strict};
