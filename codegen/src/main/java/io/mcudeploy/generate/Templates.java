package io.mcudeploy.generate;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

/**
 * Fills Velocity templates from the class path. {@code #foreach} and references are all a template
 * may use: other directives are removed, {@code #if} and {@code #set}, which Velocity cannot
 * remove, are kept out by a test, and a reference to nothing is an error. Since {@code #} and
 * {@code $} mean something to Velocity, two values are always there: {@code ${hash}} and {@code
 * ${dollar}}.
 */
public final class Templates {
  private static final String ROOT = "/templates/";
  private static final List<String> REMOVED =
      List.of("include", "parse", "macro", "evaluate", "break", "define", "stop");

  private final VelocityEngine engine;

  public Templates() {
    Properties properties = new Properties();
    properties.setProperty("runtime.strict_mode.enable", "true");
    properties.setProperty("resource.loaders", "none");
    properties.setProperty(
        "resource.loader.none.class",
        "org.apache.velocity.runtime.resource.loader.ClasspathResourceLoader");
    engine = new VelocityEngine(properties);
    engine.init();
    REMOVED.forEach(engine::removeDirective);
  }

  /**
   * A filled template.
   *
   * @param template a resource below {@code templates/}, such as {@code portable/conv2d.c.vm}
   */
  public String render(String template, Map<String, Object> values) {
    VelocityContext context = new VelocityContext();
    context.put("hash", "#");
    context.put("dollar", "$");
    values.forEach(context::put);
    StringWriter text = new StringWriter();
    engine.evaluate(context, text, template, read(template));
    return text.toString();
  }

  /** The text of a resource below {@code templates/}. */
  public static String read(String resource) {
    return find(resource)
        .orElseThrow(() -> new IllegalArgumentException("no template " + resource));
  }

  /** The text of a resource below {@code templates/}, if there is one. */
  static Optional<String> find(String resource) {
    try (InputStream stream = Templates.class.getResourceAsStream(ROOT + resource)) {
      return stream == null
          ? Optional.empty()
          : Optional.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
