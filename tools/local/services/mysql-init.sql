-- The image creates the user and the first database; the second one and the rights to make more (tests do) are added here.
CREATE DATABASE IF NOT EXISTS notifications CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
GRANT ALL PRIVILEGES ON *.* TO 'tester'@'%';
