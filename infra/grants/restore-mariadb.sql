-- The least rights for `varve restore` on MariaDB 10.5 and newer, RDS for MariaDB too.
--
-- Make the account first: CREATE USER 'varve_restore'@'%' IDENTIFIED BY '...';
-- Then write the schema to restore into in place of shop, and run this as an administrator. For more
-- schemas run it for each; for any, write *.* in place of `shop`.*.
-- docs/privileges.md says more. `varve check --target` says what is missing.

-- Tables: what is verified is read. Without it a restore fails, as without each of the following.
GRANT SELECT ON `shop`.* TO 'varve_restore'@'%';

-- Rows.
GRANT INSERT ON `shop`.* TO 'varve_restore'@'%';

-- The schema, where it is not there, and tables.
GRANT CREATE ON `shop`.* TO 'varve_restore'@'%';

-- Indexes and foreign keys, which are made after the rows.
GRANT ALTER ON `shop`.* TO 'varve_restore'@'%';

-- The table varve_restore_ledger when all is verified; what --mode replace puts other things in the place of.
GRANT DROP ON `shop`.* TO 'varve_restore'@'%';

-- Only where a table has an engine without transactions, such as MyISAM: it is loaded whole or not at all.
GRANT DELETE ON `shop`.* TO 'varve_restore'@'%';

-- Only where there are views.
GRANT CREATE VIEW ON `shop`.* TO 'varve_restore'@'%';

-- Only where there are functions or procedures.
GRANT CREATE ROUTINE ON `shop`.* TO 'varve_restore'@'%';

-- Only where there are functions or procedures: one of an earlier try is replaced.
GRANT ALTER ROUTINE ON `shop`.* TO 'varve_restore'@'%';

-- Only where there are triggers.
GRANT TRIGGER ON `shop`.* TO 'varve_restore'@'%';

-- Only where there are events.
GRANT EVENT ON `shop`.* TO 'varve_restore'@'%';

-- Definers of views, routines, triggers and events. Without it the restoring user stands in for them, and the report
-- says so; with --definer strip it is not needed.
-- Not on RDS
GRANT SET USER ON *.* TO 'varve_restore'@'%';

-- Only for: --no-binary-log
-- Not on RDS
GRANT BINLOG ADMIN ON *.* TO 'varve_restore'@'%';

-- Functions and triggers, where the binary log is on: without it only users with SUPER may make them. It is a setting
-- of the server and no privilege; it can be switched off again after the restore.
SET GLOBAL log_bin_trust_function_creators = 1;
