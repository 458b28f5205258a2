package io.varve.job;

import io.varve.InvalidRequestException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an answer gives to the next call, and that gives back.
 *
 * @param call how often the job was answered to call again; 0 before
 */
public record Token(String job, int call) {

  private static final Pattern FORM = Pattern.compile("(.{1,100})\\.([1-9][0-9]{0,8})");

  static Token parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidRequestException(
          "go on with",
          "the token of the event",
          "it is none that a function gives",
          "Give back the token of the last answer, or none to begin.");
    }
    return new Token(matcher.group(1), Integer.parseInt(matcher.group(2)));
  }

  @Override
  public String toString() {
    return job + "." + call;
  }
}
