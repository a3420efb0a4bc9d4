package io.mcudeploy.capsules;

/** What looked like a capsule layer is none that we know; the message completes "because". */
final class MismatchException extends RuntimeException {
  MismatchException(String reason) {
    super(reason);
  }
}
