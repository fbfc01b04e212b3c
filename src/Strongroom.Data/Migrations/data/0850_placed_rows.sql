-- @empty customer
-- Search blocks, claims, import sources and earlier values stand under a MAC over everything that places them: whoever moves one to another
-- customer or record, or changes when it was kept and until when, is found. Import sources rest on the epoch as search blocks do. Rows from
-- before this have no MAC, and nobody could tell a moved one from another: a store that holds customers is refused (docs/decisions/0026).
-- @sqlite
ALTER TABLE search_general ADD COLUMN mac {blob} NOT NULL DEFAULT x'';
ALTER TABLE search_sensitive ADD COLUMN mac {blob} NOT NULL DEFAULT x'';
ALTER TABLE identity_claim ADD COLUMN mac {blob} NOT NULL DEFAULT x'';
ALTER TABLE general_item_old ADD COLUMN mac {blob} NOT NULL DEFAULT x'';
ALTER TABLE sensitive_item_old ADD COLUMN mac {blob} NOT NULL DEFAULT x'';
ALTER TABLE record_source ADD COLUMN epoch {bigint} NOT NULL DEFAULT 0;
ALTER TABLE record_source ADD COLUMN mac {blob} NOT NULL DEFAULT x'';
-- @end
-- @postgres
ALTER TABLE record_source ADD COLUMN epoch {bigint} NOT NULL;
ALTER TABLE record_source ADD COLUMN mac {blob} NOT NULL;
SET LOCAL ROLE {role:general};
ALTER TABLE search_general ADD COLUMN mac {blob} NOT NULL;
ALTER TABLE general_item_old ADD COLUMN mac {blob} NOT NULL;
SET LOCAL ROLE {role:sensitive};
ALTER TABLE search_sensitive ADD COLUMN mac {blob} NOT NULL;
ALTER TABLE identity_claim ADD COLUMN mac {blob} NOT NULL;
ALTER TABLE sensitive_item_old ADD COLUMN mac {blob} NOT NULL;
SET LOCAL ROLE NONE;
-- @end
