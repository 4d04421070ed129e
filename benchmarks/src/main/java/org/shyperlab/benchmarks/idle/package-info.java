/** What idle VMs cost the host: memory beyond their RAM, and processor time. Each count of VMs is measured in a JVM of its own. */
@NullMarked
package org.shyperlab.benchmarks.idle;

import org.jspecify.annotations.NullMarked;
