-- Customers and what is kept about them. No value, name or search-digest input ever stands here in clear.
-- Ids are 16 random bytes, instants UTC milliseconds, states and kinds the kebab-case names of the program.
-- There are no foreign keys: writers lock the row above (customer, record) and the integrity check walks the links.

-- One person or organisation. "mac" covers every other column, so an edited state or consent is found on the next read.
-- A destroyed customer and one that never came to life (its keys were swept) leave a row in state "destroyed".
CREATE TABLE customer (
  id          {blob}   NOT NULL PRIMARY KEY,
  kind        {text}   NOT NULL,
  entity      {blob}   NOT NULL,
  state       {text}   NOT NULL,
  version     {bigint} NOT NULL,
  merged_into {blob},
  consents    {blob}   NOT NULL,
  created     {bigint} NOT NULL,
  mac         {blob}   NOT NULL
) {strict};
CREATE INDEX customer_merged ON customer (merged_into) WHERE merged_into IS NOT NULL;

-- One profile, booking, stay … Its version rises with every change of its state or items; "general" and "sensitive" are the
-- versions at which each compartment's pack was last written (0: none), so a pack put back or taken away is found.
CREATE TABLE record (
  id        {blob}   NOT NULL PRIMARY KEY,
  customer  {blob}   NOT NULL,
  type      {text}   NOT NULL,
  entity    {blob}   NOT NULL,
  state     {text}   NOT NULL,
  version   {bigint} NOT NULL,
  general   {bigint} NOT NULL,
  sensitive {bigint} NOT NULL,
  created   {bigint} NOT NULL,
  mac       {blob}   NOT NULL
) {strict};
CREATE INDEX record_customer ON record (customer);

-- The sealed values of a record, packed, one row for each compartment.
CREATE TABLE general_item (
  record   {blob}   NOT NULL PRIMARY KEY,
  customer {blob}   NOT NULL,
  version  {bigint} NOT NULL,
  packed   {blob}   NOT NULL,
  mac      {blob}   NOT NULL
) {strict};
CREATE INDEX general_item_customer ON general_item (customer);

CREATE TABLE sensitive_item (
  record   {blob}   NOT NULL PRIMARY KEY,
  customer {blob}   NOT NULL,
  version  {bigint} NOT NULL,
  packed   {blob}   NOT NULL,
  mac      {blob}   NOT NULL
) {strict};
CREATE INDEX sensitive_item_customer ON sensitive_item (customer);

-- Earlier values, kept sealed until the instant the catalogue gives.
CREATE TABLE general_item_old (
  record   {blob}   NOT NULL,
  item     {text}   NOT NULL,
  version  {bigint} NOT NULL,
  customer {blob}   NOT NULL,
  at       {bigint} NOT NULL,
  intake   {blob}   NOT NULL,
  until    {bigint} NOT NULL,
  sealed   {blob}   NOT NULL,
  PRIMARY KEY (record, item, version)
) {strict};
CREATE INDEX general_item_old_until ON general_item_old (until);

CREATE TABLE sensitive_item_old (
  record   {blob}   NOT NULL,
  item     {text}   NOT NULL,
  version  {bigint} NOT NULL,
  customer {blob}   NOT NULL,
  at       {bigint} NOT NULL,
  intake   {blob}   NOT NULL,
  until    {bigint} NOT NULL,
  sealed   {blob}   NOT NULL,
  PRIMARY KEY (record, item, version)
) {strict};
CREATE INDEX sensitive_item_old_until ON sensitive_item_old (until);

-- Search by digest: 16 bytes under a key of the epoch. A record may stand under one key several times (two flights).
CREATE TABLE search_general (
  item     {text}   NOT NULL,
  block    {blob}   NOT NULL,
  record   {blob}   NOT NULL,
  customer {blob}   NOT NULL,
  epoch    {bigint} NOT NULL,
  PRIMARY KEY (item, block, record)
) {strict};
CREATE INDEX search_general_record ON search_general (record);

CREATE TABLE search_sensitive (
  item     {text}   NOT NULL,
  block    {blob}   NOT NULL,
  record   {blob}   NOT NULL,
  customer {blob}   NOT NULL,
  epoch    {bigint} NOT NULL,
  PRIMARY KEY (item, block, record)
) {strict};
CREATE INDEX search_sensitive_record ON search_sensitive (record);

-- An identity-proving value belongs to one customer of a legal entity (two entities may each know the same person, and neither
-- learns of it): the claim is unique and stands in the transaction that takes the value in.
CREATE TABLE identity_claim (
  item     {text}   NOT NULL,
  block    {blob}   NOT NULL,
  entity   {blob}   NOT NULL,
  customer {blob}   NOT NULL,
  record   {blob}   NOT NULL,
  epoch    {bigint} NOT NULL,
  PRIMARY KEY (item, block, entity)
) {strict};
CREATE INDEX identity_claim_record ON identity_claim (record);

-- The epoch under which search blocks are written now. Writers hold it shared, so whoever still has an old epoch's block cannot
-- commit it after the epoch has moved and the re-keying has passed.
CREATE TABLE search_epoch (
  id    {int}    NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch {bigint} NOT NULL
) {strict};
INSERT INTO search_epoch (id, epoch) VALUES (1, 1);

-- Makes an import repeatable. Source keys can be personal, so only a keyed digest of system and key is here.
CREATE TABLE record_source (
  system   {text} NOT NULL,
  digest   {blob} NOT NULL,
  record   {blob} NOT NULL,
  customer {blob} NOT NULL,
  PRIMARY KEY (system, digest)
) {strict};
CREATE INDEX record_source_record ON record_source (record);

-- Booked for, companion, guardian, account holder … A record of sixteen zero bytes means the customer as a whole.
CREATE TABLE relation (
  from_customer {blob}   NOT NULL,
  from_record   {blob}   NOT NULL,
  to_customer   {blob}   NOT NULL,
  to_record     {blob}   NOT NULL,
  kind          {text}   NOT NULL,
  created       {bigint} NOT NULL,
  mac           {blob}   NOT NULL,
  PRIMARY KEY (from_customer, from_record, to_customer, to_record, kind)
) {strict};
CREATE INDEX relation_to ON relation (to_customer);

-- Every event of every consent, never changed. "receipt" gathers the events of one submission and "n" orders them; "reference" is sealed.
CREATE TABLE consent (
  id             {blob}   NOT NULL PRIMARY KEY,
  customer       {blob}   NOT NULL,
  version        {bigint} NOT NULL,
  n              {bigint} NOT NULL,
  receipt        {blob}   NOT NULL,
  purpose        {text}   NOT NULL,
  event          {text}   NOT NULL,
  state          {text}   NOT NULL,
  at             {bigint} NOT NULL,
  until          {bigint},
  form           {text},
  notice         {text},
  notice_version {bigint} NOT NULL,
  intake         {blob}   NOT NULL,
  recorded       {bigint} NOT NULL,
  evidence       {blob},
  reference      {blob},
  mac            {blob}   NOT NULL
) {strict};
CREATE INDEX consent_customer ON consent (customer, version);
CREATE INDEX consent_receipt ON consent (receipt);

-- A possible match of two customers (a < b) that waits for a person. "why" names the search key that hit, never a value.
CREATE TABLE candidate (
  id      {blob}   NOT NULL PRIMARY KEY,
  a       {blob}   NOT NULL,
  b       {blob}   NOT NULL,
  why     {text}   NOT NULL,
  state   {text}   NOT NULL,
  created {bigint} NOT NULL,
  decided {bigint},
  by      {blob}
) {strict};
CREATE UNIQUE INDEX candidate_pair ON candidate (a, b, why);
CREATE INDEX candidate_open ON candidate (created) WHERE state = 'open';

-- Merges and what each changed, so that undoing restores exactly what was. "mac" covers the row and its steps: undoing writes them
-- back under fresh MACs, so an edited, added or missing step must not pass.
CREATE TABLE merge (
  id      {blob}   NOT NULL PRIMARY KEY,
  gone    {blob}   NOT NULL,
  kept    {blob}   NOT NULL,
  at      {bigint} NOT NULL,
  by      {blob}   NOT NULL,
  undone  {bigint},
  undone_by {blob},
  mac     {blob}   NOT NULL
) {strict};
CREATE TABLE merge_step (
  merge      {blob} NOT NULL,
  customer   {blob} NOT NULL,
  was_into   {blob},
  now_into   {blob} NOT NULL,
  PRIMARY KEY (merge, customer)
) {strict};

-- Sealed images, recordings and documents, in chunks in the table of their compartment.
CREATE TABLE sealed_file (
  id          {blob}   NOT NULL PRIMARY KEY,
  customer    {blob}   NOT NULL,
  record      {blob}   NOT NULL,
  item        {text}   NOT NULL,
  version     {bigint} NOT NULL,
  compartment {text}   NOT NULL,
  state       {text}   NOT NULL,
  chunks      {bigint} NOT NULL,
  size        {bigint} NOT NULL,
  digest      {blob}   NOT NULL,
  created     {bigint} NOT NULL,
  mac         {blob}   NOT NULL
) {strict};
CREATE INDEX sealed_file_record ON sealed_file (record);
CREATE INDEX sealed_file_open ON sealed_file (created) WHERE state = 'open';

CREATE TABLE general_chunk (
  file  {blob}   NOT NULL,
  n     {bigint} NOT NULL,
  bytes {blob}   NOT NULL,
  PRIMARY KEY (file, n)
) {strict};

CREATE TABLE sensitive_chunk (
  file  {blob}   NOT NULL,
  n     {bigint} NOT NULL,
  bytes {blob}   NOT NULL,
  PRIMARY KEY (file, n)
) {strict};

-- @postgres
-- A search may know a customer's legal entity and state and a record's state, and nothing else of them.
GRANT SELECT (id, entity, state, merged_into) ON customer TO {role:general}, {role:sensitive};
GRANT SELECT (id, state) ON record TO {role:general}, {role:sensitive};
ALTER TABLE general_item OWNER TO {role:general};
ALTER TABLE general_item_old OWNER TO {role:general};
ALTER TABLE search_general OWNER TO {role:general};
ALTER TABLE general_chunk OWNER TO {role:general};
ALTER TABLE sensitive_item OWNER TO {role:sensitive};
ALTER TABLE sensitive_item_old OWNER TO {role:sensitive};
ALTER TABLE search_sensitive OWNER TO {role:sensitive};
ALTER TABLE identity_claim OWNER TO {role:sensitive};
ALTER TABLE sensitive_chunk OWNER TO {role:sensitive};
-- @end
