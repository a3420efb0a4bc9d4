package io.mcudeploy.data;

/**
 * A data file does not hold what its format promises. Carries the reason alone, as a clause about
 * "it"; {@link DataFile} knows the file and turns this into a diagnostic.
 */
final class DamagedDataException extends Exception {
  DamagedDataException(String reason) {
    super(reason);
  }
}
