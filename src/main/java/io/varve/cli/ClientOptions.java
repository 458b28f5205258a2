package io.varve.cli;

import io.varve.InvalidRequestException;
import io.varve.client.ApiClient;
import io.varve.client.ServerUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server is asked, and who asks. */
final class ClientOptions {

  private static final String TOKEN = "VARVE_TOKEN";

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "where varve serve listens, as in https://varve.example.com")
  @Nullable String server;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "a file with the token on its first line; default: VARVE_TOKEN")
  @Nullable Path tokenFile;

  @Option(
      names = "--allow-plain-http",
      description = "send the token without TLS to another machine: whoever is on the way reads it")
  boolean allowPlainHttp;

  /** Makes no request. */
  ApiClient client(String url) {
    return new ApiClient(
        ServerUrl.parse(url),
        token(),
        allowPlainHttp ? ApiClient.PlainHttp.ALLOWED : ApiClient.PlainHttp.REFUSED);
  }

  private Optional<String> token() {
    return Optional.ofNullable(tokenFile == null ? System.getenv(TOKEN) : read(tokenFile))
        .map(String::strip)
        .filter(token -> !token.isEmpty());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).lines().findFirst().orElse("");
    } catch (IOException unreadable) {
      throw new InvalidRequestException(
          "read the token file",
          file.toString(),
          "it cannot be read",
          "Check the path and its permissions; the token stands on the first line.",
          unreadable);
    }
  }
}
