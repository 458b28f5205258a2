-- The least rights for `varve backup` on RDS for MySQL and Aurora MySQL. RDS for MariaDB: backup-mariadb.sql.
--
-- Make the account first: CREATE USER 'varve_backup'@'%' IDENTIFIED BY '...';
-- Then write your schema in place of shop, and run this as the master user. For more schemas run it for each;
-- for all that there are and will be, write *.* in place of `shop`.*.
-- docs/privileges.md says more. `varve check --source` says what is missing.

-- Tables and their rows, and the functions and procedures of all schemas, which show to nobody with less: the master
-- user of RDS cannot grant SHOW_ROUTINE. Without it there is no backup. It shows the accounts' hashes as well.
-- Aurora from 3.04 on has SHOW_ROUTINE: grant SELECT ON `shop`.* and SHOW_ROUTINE ON *.* there instead.
GRANT SELECT ON *.* TO 'varve_backup'@'%';

-- Views. Without it a backup of a schema with views fails.
GRANT SHOW VIEW ON `shop`.* TO 'varve_backup'@'%';

-- Triggers. Without it they cannot be seen: the backup has none, and says so.
GRANT TRIGGER ON `shop`.* TO 'varve_backup'@'%';

-- Events. Likewise.
GRANT EVENT ON `shop`.* TO 'varve_backup'@'%';

-- The numbers that InnoDB gives to tables, by which DDL is noticed that comes during the backup. Without it the
-- time at which a table was made stands in, which is exact to the second only.
GRANT PROCESS ON *.* TO 'varve_backup'@'%';

-- Whether all commits are in the binary log, so that its GTIDs prove that connections see one instant: where the
-- parameter group has gtid-mode=ON, and backups or a replica switch the log on. Without it the tables are locked for
-- an instant instead.
-- Only for: gtid
GRANT REPLICATION CLIENT ON *.* TO 'varve_backup'@'%';

-- The lock of the tables for an instant: what Aurora takes, whose log is off by default. No FLUSH TABLES WITH READ
-- LOCK is ever used, which RDS does not allow. Without it one connection reads alone.
-- Only for: lock-tables
GRANT LOCK TABLES ON `shop`.* TO 'varve_backup'@'%';
