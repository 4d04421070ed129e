/** VM configurations in Rust-Shyper's JSON format: read, checked whole, kept as values. For platforms and the vm room. */
@NullMarked
package org.shyperlab.hypervisor.config;

import org.jspecify.annotations.NullMarked;
