package io.varve.configuration;

import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.Target;
import io.varve.mysql.Throttling;

/**
 * A server that is restored into, and how.
 *
 * @param settings its credentials throw where the password is not where it should be
 * @param parallel connections that load side by side
 * @param overwrite whether a restore may replace tables that stand there
 * @param binaryLog whether what is restored goes into the server's binary log
 * @param throttling how far the server is spared
 */
public record TargetConfiguration(
    ConnectionSettings settings,
    int parallel,
    boolean overwrite,
    Target.BinaryLog binaryLog,
    Throttling throttling) {}
