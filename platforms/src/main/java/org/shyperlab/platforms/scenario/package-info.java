/**
 * Scenarios: a board and what runs on it, natively and as VMs. Files of people and files that come with the program have the same form.
 * The command line reads them, and {@code run} runs them.
 */
@NullMarked
package org.shyperlab.platforms.scenario;

import org.jspecify.annotations.NullMarked;
