package io.mcudeploy.calibration;

/** Is told how far long work has come. */
public interface Progress {
  /** Nobody watches. */
  Progress NONE =
      (task, steps) ->
          new Task() {
            @Override
            public void step() {}

            @Override
            public void close() {}
          };

  /** Work of so many steps begins. */
  Task start(String task, long steps);

  /** Work under way; closed when it is done. */
  interface Task extends AutoCloseable {
    /** One step is done; any thread may say so. */
    void step();

    @Override
    void close();
  }
}
