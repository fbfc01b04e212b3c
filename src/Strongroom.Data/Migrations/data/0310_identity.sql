-- People, units, entities and clients are control rows; here stands what changes with every sign-in and call.

-- Signed-in sessions. "hash" is a keyed hash of the cookie; "mac" binds everything except "last_seen", which is coarse and
-- can only shorten a session.
CREATE TABLE session (
  hash        {blob}   NOT NULL PRIMARY KEY,
  id          {blob}   NOT NULL UNIQUE,
  person      {blob}   NOT NULL,
  version     {bigint} NOT NULL,
  created     {bigint} NOT NULL,
  last_seen   {bigint} NOT NULL,
  strength    {bigint} NOT NULL,
  strength_at {bigint} NOT NULL,
  revoked     {bigint},
  mac         {blob}   NOT NULL
) {strict};
CREATE INDEX session_person ON session (person);
CREATE INDEX session_created ON session (created);

-- One account name, one person. Sign-in finds the person here and then checks that his authenticated row names the same hash.
CREATE TABLE account_claim (
  account {blob} NOT NULL PRIMARY KEY,
  person  {blob} NOT NULL
) {strict};

-- Sign-in attempts by keyed hash of account, place or both: no address and no name in clear.
CREATE TABLE sign_in_attempts (
  subject    {blob}   NOT NULL PRIMARY KEY,
  level      {bigint} NOT NULL,
  at         {bigint} NOT NULL,
  success_at {bigint} NOT NULL
) {strict};
CREATE INDEX sign_in_attempts_at ON sign_in_attempts (at);

-- What a client has been allotted in its current minute and day (numbered since 1970), across all nodes.
CREATE TABLE client_use (
  client      {blob}   NOT NULL PRIMARY KEY,
  minute      {bigint} NOT NULL,
  minute_used {bigint} NOT NULL,
  day         {bigint} NOT NULL,
  day_used    {bigint} NOT NULL,
  last_used   {bigint} NOT NULL
) {strict};
