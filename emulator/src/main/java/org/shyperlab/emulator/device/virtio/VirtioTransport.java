package org.shyperlab.emulator.device.virtio;

/** What a device sees of its transport. */
interface VirtioTransport {
    /** No transport: nobody will ever drive the device. */
    VirtioTransport NONE = new VirtioTransport() {
        @Override
        public boolean accepted(long feature) {
            return false;
        }

        @Override
        public boolean isRunning() {
            return false;
        }

        @Override
        public void configChanged(boolean tell) {}
    };

    /** Whether device and driver agreed on {@code feature}, one bit. */
    boolean accepted(long feature);

    /** Whether the driver is ready and the device not broken. */
    boolean isRunning();

    /** The configuration space changed; whether the driver is to be told. */
    void configChanged(boolean tell);
}
