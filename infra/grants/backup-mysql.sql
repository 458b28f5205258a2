-- The least rights for `varve backup` on MySQL 8.0.20 and newer, but for RDS and Aurora: backup-rds.sql.
--
-- Make the account first: CREATE USER 'varve_backup'@'%' IDENTIFIED BY '...';
-- Then write your schema in place of shop, and run this as an administrator. For more schemas run it for each;
-- for all that there are and will be, write *.* in place of `shop`.* (which shows the accounts' hashes as well).
-- docs/privileges.md says more. `varve check --source` says what is missing.

-- Tables and their rows. Without it there is no backup.
GRANT SELECT ON `shop`.* TO 'varve_backup'@'%';

-- Views. Without it a backup of a schema with views fails.
GRANT SHOW VIEW ON `shop`.* TO 'varve_backup'@'%';

-- Triggers. Without it they cannot be seen: the backup has none, and says so.
GRANT TRIGGER ON `shop`.* TO 'varve_backup'@'%';

-- Events. Likewise.
GRANT EVENT ON `shop`.* TO 'varve_backup'@'%';

-- Functions and procedures, of all schemas: there is no smaller privilege. Likewise.
GRANT SHOW_ROUTINE ON *.* TO 'varve_backup'@'%';

-- The numbers that InnoDB gives to tables, by which DDL is noticed that comes during the backup. Without it the
-- time at which a table was made stands in, which is exact to the second only.
GRANT PROCESS ON *.* TO 'varve_backup'@'%';

-- Whether all commits are in the binary log, so that its GTIDs prove that connections see one instant. Without it
-- the tables are locked for an instant instead, and the backup has no log position.
-- Only for: gtid
GRANT REPLICATION CLIENT ON *.* TO 'varve_backup'@'%';

-- The lock, where GTIDs are off or commits come too fast to prove anything. Without it one connection reads alone.
-- Only for: lock-tables
GRANT LOCK TABLES ON `shop`.* TO 'varve_backup'@'%';
