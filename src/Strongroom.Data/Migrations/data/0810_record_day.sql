-- The day a record is about (a journey's last, a check-out), as days since 0001-01-01: the item it comes from stays sealed. It stands under the
-- row's MAC where it is set; rows from before this migration have none, keep their MAC and are as old as their intake.
ALTER TABLE record ADD COLUMN day {bigint};
