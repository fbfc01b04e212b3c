-- The keyring: wrapped keys only. "wrapped" columns hold Strongroom.Keys' own format, sealed under root key and epoch secret.
CREATE TABLE key_installation (
  one     {int}    NOT NULL PRIMARY KEY CHECK (one = 1),
  id      {blob}   NOT NULL,
  created {bigint} NOT NULL
) {strict};

-- Every holder that may have an epoch secret; all of them must state its erasure before the epoch counts as destroyed.
CREATE TABLE key_holder (
  name       {text}   NOT NULL PRIMARY KEY,
  public_key {blob}   NOT NULL,
  registered {bigint} NOT NULL
) {strict};

CREATE TABLE key_epoch (
  n             {int}    NOT NULL PRIMARY KEY,
  state         {text}   NOT NULL CHECK (state IN ('open', 'draining', 'sealed', 'destroyed')),
  created       {bigint} NOT NULL,
  drained       {bigint},
  sealed        {bigint},
  destroyed     {bigint},
  secret_digest {blob}   NOT NULL,
  general       {blob},
  sensitive     {blob},
  system        {blob},
  search        {blob}
) {strict};
-- New keys always have exactly one place to go.
CREATE UNIQUE INDEX key_epoch_open ON key_epoch (state) WHERE state = 'open';

-- key_id goes into every value's header: a customer who was given a new key can be told from his former self.
CREATE TABLE key_customer (
  customer  {blob}   NOT NULL PRIMARY KEY,
  epoch     {int}    NOT NULL,
  key_id    {blob}   NOT NULL,
  general   {blob}   NOT NULL,
  sensitive {blob}   NOT NULL,
  log       {blob}   NOT NULL,
  created   {bigint} NOT NULL,
  confirmed {bigint}
) {strict};
CREATE INDEX key_customer_epoch ON key_customer (epoch, customer);
CREATE INDEX key_customer_orphan ON key_customer (created) WHERE confirmed IS NULL;

CREATE TABLE key_tombstone (
  customer {blob}   NOT NULL PRIMARY KEY,
  at       {bigint} NOT NULL
) {strict};

CREATE TABLE key_secret (
  name    {text} NOT NULL PRIMARY KEY,
  epoch   {int}  NOT NULL,
  wrapped {blob} NOT NULL
) {strict};

-- Signed statements of holders that an epoch secret is erased.
CREATE TABLE key_statement (
  epoch     {int}    NOT NULL,
  holder    {text}   NOT NULL,
  at        {bigint} NOT NULL,
  statement {text}   NOT NULL,
  PRIMARY KEY (epoch, holder)
) {strict};
