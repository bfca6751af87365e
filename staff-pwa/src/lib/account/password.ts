/** As the server asks for (ASVS 6.2.1). */
export const PASSWORD_MIN = 10;
