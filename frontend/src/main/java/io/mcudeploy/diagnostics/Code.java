package io.mcudeploy.diagnostics;

/**
 * Every message the tool can give about the user's input, one line each. The page {@code
 * docs/diagnostics/ID.md} explains each id; a test keeps the two in step.
 *
 * <p>Ranges: 01xx model files, 02xx networks and operators, 03xx calibration and quantization, 04xx
 * data sets, 05xx memory plan, 06xx boards and tools, 07xx emulation and verification, 08xx command
 * line and output. E stops the command, W does not.
 */
public enum Code {
  E0101("the model file cannot be read"),
  E0102("the model file is damaged"),
  E0201("the network uses an operator that is not supported"),
  E0202("an operator's attribute or input is not supported"),
  E0203("the shapes of a node's inputs do not fit together"),
  E0204("a dimension of the network is symbolic"),
  E0205("the network has no dimension or value of this name"),
  W0206("the network follows an operator set that the tool is not tested with"),
  W0207("a capsule layer was not recognised"),
  W0208("an output depends on a single capsule, always the same"),
  E0301("the calibration samples do not fit the network's input"),
  W0302("no calibration samples were given"),
  E0303("an accumulator does not fit 32 bits"),
  E0304("an operator has no integer arithmetic"),
  E0401("the data file cannot be read"),
  E0402("the data file is damaged"),
  E0501("the network needs more RAM than the board has"),
  E0502("the network needs more flash than the board has"),
  E0503("a placement in memory cannot be met"),
  E0601("the board is not known"),
  E0602("a board description is damaged"),
  E0603("a tool is missing", ExitStatus.MISSING_TOOL),
  E0604("the compiler rejected the generated code"),
  E0701("the emulator failed"),
  E0702("the result differs from the golden model", ExitStatus.DIFFERENT),
  E0703("the generated project is damaged"),
  E0704("the firmware breaks a rule of the test program", ExitStatus.DIFFERENT),
  E0705("a profile is worse than the one before"),
  E0801("the output cannot be written"),
  E0802("the name cannot be used in C");

  private final String title;
  private final ExitStatus exitStatus;

  Code(String title) {
    this(title, ExitStatus.DIAGNOSTICS);
  }

  Code(String title, ExitStatus exitStatus) {
    this.title = title;
    this.exitStatus = exitStatus;
  }

  /** What is wrong, in general, without the particulars of one occurrence. */
  public String title() {
    return title;
  }

  /** The status a command ends with when this is its first error. */
  public ExitStatus exitStatus() {
    return exitStatus;
  }

  /** Errors stop the command, warnings do not. */
  public boolean isError() {
    return name().startsWith("E");
  }
}
