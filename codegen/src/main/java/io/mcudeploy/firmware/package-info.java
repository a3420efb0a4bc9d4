/** What turns a model's sources into images: build files, start-up code, memory layout, sizes. */
package io.mcudeploy.firmware;
