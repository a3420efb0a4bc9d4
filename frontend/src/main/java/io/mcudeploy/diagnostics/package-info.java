/** What the user is told: codes, places, notes and ways out. */
package io.mcudeploy.diagnostics;
