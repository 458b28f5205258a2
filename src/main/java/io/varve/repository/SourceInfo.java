package io.varve.repository;

/**
 * The server a backup was read from.
 *
 * @param flavour mysql or mariadb
 * @param sqlMode its default, under which its stored programs may expect to run
 */
public record SourceInfo(String flavour, String version, String sqlMode, String timeZone) {}
